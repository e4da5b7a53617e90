int litestream_vfs_placeholder(void) { return 0; }
