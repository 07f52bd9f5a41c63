"""Entry: a company that was registered elsewhere applies for its seals (rules R21-R26, R99-R115).

`models` holds the tables, `cases` says which materials a case needs, `starting` … `deciding` are the use cases.
"""
