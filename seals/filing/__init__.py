"""Filing (备案): the maker's of every seal, within a day (R34), and the companies' own, with a receipt."""
