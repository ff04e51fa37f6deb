"""What do the pages say, in each language?"""

from api.catalogue import desk, imports, pages, states

CATALOGUE = pages.PHRASES | desk.PHRASES | imports.PHRASES | states.PHRASES
