"""Geometry of imprints: outlines, text along an arc, text in rows, and the forms they are given out in."""
