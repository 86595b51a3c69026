"""Pictures and sounds named in a question -> files to ship."""
