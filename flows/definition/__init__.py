"""How is a campaign written down, checked and saved?"""
