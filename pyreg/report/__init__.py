"""A study's tables, records and figures in, one HTML file that needs nothing else out.

May import: config, records, study, data, agreement, search, statistics, figures, wording.
"""

import os

for _name in [name for name in os.environ if name.startswith("BOKEH_")]:
    del os.environ[_name]  # before Bokeh is loaded: the page is the same whoever makes it
