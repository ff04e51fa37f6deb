"""Who gets a letter, and what stands in it?"""
