"""What do the pages say, in each language?"""

from api.catalogue import campaigns, desk, imports, pages, states

CATALOGUE = pages.PHRASES | desk.PHRASES | campaigns.PHRASES | imports.PHRASES | states.PHRASES
