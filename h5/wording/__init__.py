"""The words themselves, one module per part of the product: key → (Chinese, English)."""
