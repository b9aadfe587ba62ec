"""Keys by which programs use the API, and answers kept for requests that are repeated."""
