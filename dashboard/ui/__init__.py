"""The page in dash-mantine-components, one module a panel; `ids` names every component."""
