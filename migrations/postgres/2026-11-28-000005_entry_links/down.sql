DROP TABLE entry_links;
