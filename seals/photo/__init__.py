"""From the photo of a stamped sheet to an imprint in true size (R9). Pure; only the inspector runs it.

`figures`, `limits`, `refusals` and `results` need no image library: what talks to the inspector uses these
alone.
"""
