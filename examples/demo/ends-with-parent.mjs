// Loaded before each program of the demo: however the demo ends, its programs end with it.
process.once('disconnect', () => process.exit(1));
// Being told of that must not by itself keep the program running.
process.channel?.unref();
