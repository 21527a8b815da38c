"""Files that leave the page: what is made of a scene, and where it is made."""
