"""How do the letters of a run become print files, are approved and handed over?"""
