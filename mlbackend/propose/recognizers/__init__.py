"""What puts actions on tubes: the project's own models, or nets with published or added weights."""
