"""Files that several processes share: locks and private folders."""
