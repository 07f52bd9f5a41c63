"""What is sealed: kinds, imprints, key custody, PKI, PDF, founding, signing, verifying."""
