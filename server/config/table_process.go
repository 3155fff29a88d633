package config

// logOptions are where log lines go and what they say.
func logOptions() []Option {
	return []Option{
		{
			Name: "debug", Type: TypeBool, Default: "false", Reload: Live,
			Doc:  "Log debug lines.",
			bind: bind(boolKind, func(o *Options) *bool { return &o.Log.Debug }),
		},
		{
			Name: "trace", Type: TypeBool, Default: "false", Reload: Live,
			Doc:  "Log every protocol line that clients send and receive.",
			bind: bind(boolKind, func(o *Options) *bool { return &o.Log.Trace }),
		},
		{
			Name: "trace_verbose", Type: TypeBool, Default: "false", Reload: Live,
			Doc:  "As trace, with the system account too.",
			bind: bind(boolKind, func(o *Options) *bool { return &o.Log.TraceVerbose }),
		},
		{
			Name: "trace_headers", Type: TypeBool, Default: "false", Reload: Live,
			Doc:  "As trace, showing only the headers of messages.",
			bind: bind(boolKind, func(o *Options) *bool { return &o.Log.TraceHeaders }),
		},
		{
			Name: "max_traced_msg_len", Type: TypeInteger, Default: "0", Reload: Live,
			Doc:  "Bytes of a message shown in trace lines; 0 means all.",
			bind: bind(limitKind, func(o *Options) *int { return &o.Log.MaxTracedMsg }),
		},
		{
			Name: "logtime", Type: TypeBool, Default: "true", Reload: Live,
			Doc:  "Begin log lines with the time.",
			bind: bind(notKind, func(o *Options) *bool { return &o.Log.NoTime }),
		},
		{
			Name: "logtime_utc", Type: TypeBool, Default: "false", Reload: Live,
			Doc:  "Log times in UTC instead of the local zone.",
			bind: bind(boolKind, func(o *Options) *bool { return &o.Log.UTC }),
		},
		{
			Name: "log_format", Type: TypeString, Default: "text", Values: []string{"text", "json"}, label: "LogFormat",
			Doc:  "Log lines as text in the reference server's layout, or as one JSON object each.",
			bind: bind(logFormatKind, func(o *Options) *bool { return &o.Log.JSON }),
		},
		{
			Name: "log_file", Aliases: []string{"logfile"}, Type: TypeFile, Reload: Live,
			Doc:  "File to log to instead of the standard error output.",
			bind: bind(stringKind, func(o *Options) *string { return &o.Log.File }),
		},
		{
			Name: "log_size_limit", Aliases: []string{"logfile_size_limit"}, Type: TypeSize, Default: "0", Max: maxInt64,
			label: "LogSizeLimit",
			Doc:   "Size at which the log file is rotated; 0 means never.",
			bind:  bind(sizeLimitKind, func(o *Options) *int64 { return &o.Log.SizeLimit }),
		},
		{
			Name: "log_max_num", Aliases: []string{"logfile_max_num"}, Type: TypeInteger, Default: "0", label: "LogMaxFiles",
			Doc:  "Log files kept by rotation, the live one included; 0 means all.",
			bind: bind(limitKind, func(o *Options) *int { return &o.Log.MaxFiles }),
		},
		{
			Name: "syslog", Type: TypeBool, Default: "false", Reload: Live,
			Doc:  "Log to the system log.",
			bind: bind(boolKind, func(o *Options) *bool { return &o.Log.Syslog }),
		},
		{
			Name: "remote_syslog", Type: TypeString, Reload: Live,
			Doc:  "Log to the syslog server at this udp://, tcp:// or unix:// address.",
			bind: bind(stringKind, func(o *Options) *string { return &o.Log.RemoteSyslog }),
		},
	}
}

// monitorOptions are the HTTP endpoints.
func monitorOptions() []Option {
	return []Option{
		{
			Name: "http", Type: TypeAddress, label: "HTTPHost",
			Doc:  "Where monitoring is served over HTTP: a port, or host:port. The host is that of clients if left out.",
			bind: address[Options]{host: monitorHost, port: monitorHTTP},
		},
		{
			Name: "http_port", Aliases: []string{"monitor_port"}, Type: TypeInteger, Default: "0", Min: -1, Max: maxPort,
			label: "HTTPPort",
			Doc:   "Port for monitoring over HTTP; 0 means off, -1 picks a free one.",
			bind:  bind(intKind, monitorHTTP),
		},
		{
			Name: "https", Type: TypeAddress, Reload: Unwatched,
			Doc:  "Where monitoring is served over HTTPS, with the certificates of the tls block: a port, or host:port.",
			bind: address[Options]{host: monitorHost, port: monitorHTTPS},
		},
		{
			Name: "https_port", Type: TypeInteger, Default: "0", Min: -1, Max: maxPort, label: "HTTPSPort",
			Doc:  "Port for monitoring over HTTPS; 0 means off, -1 picks a free one.",
			bind: bind(intKind, monitorHTTPS),
		},
		{
			Name: "http_base_path", Type: TypeString, Default: "/", label: "HTTPBasePath",
			Doc:  "Path in front of those of all endpoints.",
			bind: bind(stringKind, func(o *Options) *string { return &o.Monitor.BasePath }),
		},
	}
}

func monitorHost(o *Options) *string { return &o.Monitor.Host }
func monitorHTTP(o *Options) *int    { return &o.Monitor.HTTPPort }
func monitorHTTPS(o *Options) *int   { return &o.Monitor.HTTPSPort }

// processOptions are files about the process and its profiling port.
func processOptions() []Option {
	return []Option{
		{
			Name: "pid_file", Aliases: []string{"pidfile"}, Type: TypeFile, Reload: Live,
			Doc:  "File to write the process id to.",
			bind: bind(stringKind, func(o *Options) *string { return &o.Process.PIDFile }),
		},
		{
			Name: "ports_file_dir", Type: TypeFile, Reload: Live,
			Doc:  "Directory for a file that names the addresses the server listens on.",
			bind: bind(stringKind, func(o *Options) *string { return &o.Process.PortsFileDir }),
		},
		{
			Name: "prof_port", Type: TypeInteger, Default: "0", Min: -1, Max: maxPort, label: "ProfPort",
			Doc:  "Port of the Go profiler; 0 means off, -1 picks a free one.",
			bind: bind(intKind, func(o *Options) *int { return &o.Process.ProfPort }),
		},
		{
			Name: "prof_block_rate", Type: TypeInteger, Default: "0", Reload: Live,
			Doc:  "Nanoseconds of blocking per sample of the block profile; 0 means off.",
			bind: bind(intKind, func(o *Options) *int { return &o.Process.ProfBlockRate }),
		},
	}
}
