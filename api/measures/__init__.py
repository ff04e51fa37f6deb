"""How does a monitor see that everything runs: is it ready, and how much of what has happened?"""
