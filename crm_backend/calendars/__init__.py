"""When work is done: weekly hours, public holidays, own closing days; and time counted in them."""
