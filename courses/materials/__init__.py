"""Material: files and links that a leader or coordinator has for who has a seat in a session.

They are added and taken away in `keeping`, and `shown` says who may see which of them. What a file is, is known by
what is in it (`courses.rules.materials`), and whoever fetches one keeps it: no browser shows it as a page of ours.
"""
