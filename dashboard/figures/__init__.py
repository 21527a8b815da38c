"""Results in, Plotly figures out: pure functions.

A figure is a plain dict: validation by `plotly.graph_objects` costs more than the drawing. Tests
validate each figure.
"""
