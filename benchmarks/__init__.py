"""What the README's performance table is printed by.

Importing the dashboard first caps the native threads of this process, as in a worker.
"""

import dashboard as dashboard
