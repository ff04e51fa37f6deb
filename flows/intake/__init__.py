"""How do records of files and shops come in?"""
