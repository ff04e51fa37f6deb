"""What happens between a phone's request for a letter's link and the redirect?"""
