"""Core results in, Plotly figures out: pure functions, one module a panel.

A figure is a plain dict: on a page that redraws at every slice, the validation of
`plotly.graph_objects` would cost more than the drawing. Tests validate each one.
"""
