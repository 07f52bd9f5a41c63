"""Electronic seals and signatures as GB/T 38540 has them (SES), versions 1, 4 and 5."""
