"""How a language writes dates and numbers, where Django does not know it (FORMAT_MODULE_PATH)."""
