"""The gateway. One folder is one channel; a channel never imports another."""
