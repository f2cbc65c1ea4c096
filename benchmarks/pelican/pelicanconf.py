"""Settings of Pelican for the portal that the benchmark builds: the same pages as the others."""

SITENAME = "Kommunalblatt"
SITEURL = "https://www.kommunalblatt.example"
SITEDESCRIPTION = "Nachrichten aus Städten, Gemeinden und Kreisen"
PUBLISHER = "Kommunalblatt Verlag"
MONTHS = [
    "",
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]
DEFAULT_LANG = "de"
TIMEZONE = "Europe/Berlin"

PATH = "content"
ARTICLE_PATHS = [""]
PAGE_PATHS: list[str] = []
STATIC_PATHS: list[str] = []
OUTPUT_PATH = "output"
THEME = "theme"
THEME_STATIC_DIR = "."
PLUGIN_PATHS = ["."]
PLUGINS = ["portal_pages"]
CACHE_CONTENT = False

# No summary is to be cut from the text, and none converted: the lead is plain text.
FORMATTED_FIELDS: list[str] = []
SLUGIFY_SOURCE = "basename"
MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.extra": {},
        "markdown.extensions.meta": {},
        "markdown.extensions.toc": {},
    },
    "output_format": "html5",
}

ARTICLE_URL = "{date:%Y}/{date:%m}/{slug}/"
ARTICLE_SAVE_AS = "{date:%Y}/{date:%m}/{slug}/index.html"
CATEGORY_URL = "{slug}/"
CATEGORY_SAVE_AS = "{slug}/index.html"
TAG_URL = "stichwort/{slug}/"
TAG_SAVE_AS = "stichwort/{slug}/index.html"
AUTHOR_URL = "autor/{slug}/"
AUTHOR_SAVE_AS = "autor/{slug}/index.html"
YEAR_ARCHIVE_URL = "archiv/{date:%Y}/"
YEAR_ARCHIVE_SAVE_AS = "archiv/{date:%Y}/index.html"
MONTH_ARCHIVE_URL = "archiv/{date:%Y}/{date:%m}/"
MONTH_ARCHIVE_SAVE_AS = "archiv/{date:%Y}/{date:%m}/index.html"

DIRECT_TEMPLATES = ["index", "tags", "archives", "404", "sitemap", "robots"]
TAGS_SAVE_AS = "stichwort/index.html"
ARCHIVES_SAVE_AS = "archiv/index.html"
SITEMAP_SAVE_AS = "sitemap.xml"
ROBOTS_SAVE_AS = "robots.txt"

DEFAULT_PAGINATION = 20
PAGINATED_TEMPLATES = {"tag": None, "category": None, "author": None}
PAGINATION_PATTERNS = [
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/seite/{number}/", "{base_name}/seite/{number}/index.html"),
]

FEED_DOMAIN = SITEURL
FEED_MAX_ITEMS = 20
RSS_FEED_SUMMARY_ONLY = False
FEED_ALL_ATOM = None
FEED_ALL_RSS = "feed.xml"
CATEGORY_FEED_ATOM = None
CATEGORY_FEED_RSS = "{slug}/feed.xml"
TAG_FEED_ATOM = None
TAG_FEED_RSS = "stichwort/{slug}/feed.xml"
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
TRANSLATION_FEED_ATOM = None
