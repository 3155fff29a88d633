package config

import "slices"

// Flag is one row of the table of command-line flags.
type Flag struct {
	Names  []string // without dashes, the one to prefer first
	Type   Type
	Option string // the option it sets; empty for flags of the command line itself
	Arg    string // what the help calls its value
	Doc    string
	// Feature is what the flag belongs to.
	Feature Feature
	Secret  bool // its value must not be shown

	set flagSetter
}

// FlagGroup is a part of the table under one heading of the help.
type FlagGroup struct {
	Title string
	Flags []Flag
}

// FlagGroups returns the table of command-line flags in the order of the help.
// What it returns is shared and must not be changed.
func FlagGroups() []FlagGroup { return flagGroups }

// Flags returns the rows of all groups.
func Flags() []Flag { return slices.Clone(flagTable) }

// flagTable joins the groups.
var flagTable = func() (all []Flag) {
	for _, g := range flagGroups {
		all = append(all, g.Flags...)
	}
	return all
}()

var flagGroups = []FlagGroup{
	{"Server Options", []Flag{
		{
			Names: []string{"a", "addr", "net"}, Type: TypeString, Option: "host", Arg: "host",
			Doc: "Bind to host address (default: 0.0.0.0)",
		},
		{
			Names: []string{"p", "port"}, Type: TypeInteger, Option: "port", Arg: "port",
			Doc: "Use port for clients, -1 for a random one (default: 4222)",
		},
		{
			Names: []string{"n", "name", "server_name"}, Type: TypeString, Option: "server_name", Arg: "name",
			Doc: "Server name (default: the server's public key)",
		},
		{
			Names: []string{"P", "pid"}, Type: TypeFile, Option: "pid_file", Arg: "file",
			Doc: "File to store the process id",
		},
		{
			Names: []string{"m", "http_port"}, Type: TypeInteger, Option: "http_port", Arg: "port",
			Doc: "Use port for HTTP monitoring",
		},
		{
			Names: []string{"ms", "https_port"}, Type: TypeInteger, Option: "https_port", Arg: "port",
			Doc: "Use port for HTTPS monitoring",
		},
		{
			Names: []string{"c", "config"}, Type: TypeFile, Arg: "file", set: setConfig,
			Doc: "Configuration file",
		},
		{
			Names: []string{"t"}, Type: TypeBool, set: setAction(ActionCheck),
			Doc: "Test the configuration file and exit",
		},
		{
			Names: []string{"sl", "signal"}, Type: TypeString, Arg: "signal[=pid]", set: setSignal,
			Doc: "Send ldm, stop, quit, term, reopen or reload to a server by process id or pid file",
		},
		{
			Names: []string{"client_advertise"}, Type: TypeString, Option: "client_advertise", Arg: "address",
			Doc: "Client address to advertise",
		},
		{
			Names: []string{"ports_file_dir"}, Type: TypeFile, Option: "ports_file_dir", Arg: "dir",
			Doc: "Create a ports file (EXECUTABLE_PID.ports) in the directory",
		},
	}},
	{"Logging Options", []Flag{
		{
			Names: []string{"l", "log"}, Type: TypeFile, Option: "log_file", Arg: "file",
			Doc: "File to redirect log output",
		},
		{
			Names: []string{"T", "logtime"}, Type: TypeBool, Option: "logtime",
			Doc: "Timestamp log entries (default: true)",
		},
		{
			Names: []string{"logtime_utc"}, Type: TypeBool, Option: "logtime_utc",
			Doc: "Timestamps in UTC instead of the local time zone",
		},
		{
			Names: []string{"log_format"}, Type: TypeString, Option: "log_format", Arg: "format",
			Doc: "Log lines as text or json (default: text)",
		},
		{
			Names: []string{"s", "syslog"}, Type: TypeBool, Option: "syslog",
			Doc: "Log to syslog",
		},
		{
			Names: []string{"r", "remote_syslog"}, Type: TypeString, Option: "remote_syslog", Arg: "addr",
			Doc: "Syslog server address (udp://localhost:514)",
		},
		{
			Names: []string{"D", "debug"}, Type: TypeBool, Option: "debug",
			Doc: "Enable debugging output",
		},
		{
			Names: []string{"V", "trace"}, Type: TypeBool, Option: "trace",
			Doc: "Trace the raw protocol",
		},
		{
			Names: []string{"VV"}, Type: TypeBool, set: setAll("trace", "trace_verbose"),
			Doc: "Verbose trace (the system account as well)",
		},
		{
			Names: []string{"DV"}, Type: TypeBool, set: setAll("debug", "trace"),
			Doc: "Debug and trace",
		},
		{
			Names: []string{"DVV"}, Type: TypeBool, set: setAll("debug", "trace", "trace_verbose"),
			Doc: "Debug and verbose trace",
		},
		{
			Names: []string{"log_size_limit"}, Type: TypeSize, Option: "log_size_limit", Arg: "bytes",
			Doc: "Size at which the log file is rotated (default: never)",
		},
		{
			Names: []string{"max_traced_msg_len"}, Type: TypeInteger, Option: "max_traced_msg_len", Arg: "len",
			Doc: "Maximum printable length of traced messages (default: unlimited)",
		},
	}},
	{"JetStream Options", []Flag{
		{
			Names: []string{"js", "jetstream"}, Type: TypeBool, Option: "jetstream", Feature: FeatureJetStream,
			Doc: "Enable JetStream",
		},
		{
			Names: []string{"sd", "store_dir"}, Type: TypeFile, Option: "store_dir", Arg: "dir", Feature: FeatureJetStream,
			Doc: "Set the storage directory",
		},
	}},
	{"Authorization Options", []Flag{
		{
			Names: []string{"user"}, Type: TypeString, Arg: "user", Feature: FeatureAuth, Secret: true, set: setLogin,
			Doc: "User required for connections",
		},
		{
			Names: []string{"pass"}, Type: TypeString, Arg: "password", Feature: FeatureAuth, Secret: true, set: setLogin,
			Doc: "Password required for connections",
		},
		{
			Names: []string{"auth"}, Type: TypeString, Arg: "token", Feature: FeatureAuth, Secret: true, set: setLogin,
			Doc: "Token required for connections",
		},
	}},
	{"TLS Options", []Flag{
		{
			Names: []string{"tls"}, Type: TypeBool, set: setTLS,
			Doc: "Enable TLS, do not verify clients; false disables the tls block of the file",
		},
		{
			Names: []string{"tlscert"}, Type: TypeFile, Arg: "file", set: setTLS,
			Doc: "Server certificate file",
		},
		{
			Names: []string{"tlskey"}, Type: TypeFile, Arg: "file", set: setTLS,
			Doc: "Private key for the server certificate",
		},
		{
			Names: []string{"tlsverify"}, Type: TypeBool, set: setTLS,
			Doc: "Enable TLS, verify client certificates",
		},
		{
			Names: []string{"tlscacert"}, Type: TypeFile, Arg: "file", set: setTLS,
			Doc: "Certificate authorities to verify clients against",
		},
	}},
	{"Cluster Options", []Flag{
		{
			Names: []string{"routes"}, Type: TypeString, Arg: "url,...", Feature: FeatureCluster, Secret: true,
			Doc: "Routes to solicit and connect",
		},
		{
			Names: []string{"cluster", "cluster_listen"}, Type: TypeString, Arg: "url", Feature: FeatureCluster, Secret: true,
			Doc: "Address for routes from other servers",
		},
		{
			Names: []string{"cluster_name"}, Type: TypeString, Arg: "name", Feature: FeatureCluster,
			Doc: "Cluster name",
		},
		{
			Names: []string{"no_advertise"}, Type: TypeBool, Feature: FeatureCluster,
			Doc: "Do not advertise the cluster to clients",
		},
		{
			Names: []string{"cluster_advertise"}, Type: TypeString, Arg: "address", Feature: FeatureCluster,
			Doc: "Cluster address to advertise to other servers",
		},
		{
			Names: []string{"connect_retries"}, Type: TypeInteger, Arg: "number", Feature: FeatureCluster,
			Doc: "Connect retries for implicit routes",
		},
	}},
	{"Profiling Options", []Flag{
		{
			Names: []string{"profile"}, Type: TypeInteger, Option: "prof_port", Arg: "port",
			Doc: "Profiling HTTP port",
		},
	}},
	{"Common Options", []Flag{
		{
			Names: []string{"h", "help"}, Type: TypeBool, set: setAction(ActionHelp),
			Doc: "Show this message",
		},
		{
			Names: []string{"v", "version"}, Type: TypeBool, set: setAction(ActionVersion),
			Doc: "Show version",
		},
		{
			Names: []string{"help_tls"}, Type: TypeBool, set: setAction(ActionHelpTLS),
			Doc: "Show help on TLS",
		},
	}},
}
