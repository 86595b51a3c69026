"""What makes a build quick: the cache, rendering in several processes, the unchanged build."""
