"""The help centre: articles read without signing in, in both languages."""
