"""Flask routes: opening, cards, pictures, voxels, uploads; and the filling of the page."""
