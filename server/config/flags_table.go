package config

import "slices"

// Flag is one row of the table of command-line flags.
type Flag struct {
	Names  []string // without dashes, the one to prefer first
	Type   Type
	Option string // the option it sets; empty for flags of the command line itself
	Arg    string // what the help calls its value
	Doc    string
	Group  string // heading in the help
	// Feature is what the flag belongs to.
	Feature Feature
	Secret  bool // its value must not be shown

	set flagSetter
}

// Flags returns the table of command-line flags in the order of the help.
func Flags() []Flag { return slices.Clone(flagTable) }

// The headings of the help.
const (
	groupServer    = "Server Options"
	groupLogging   = "Logging Options"
	groupJetStream = "JetStream Options"
	groupAuth      = "Authorization Options"
	groupTLS       = "TLS Options"
	groupCluster   = "Cluster Options"
	groupProfiling = "Profiling Options"
	groupCommon    = "Common Options"
)

var flagTable = []Flag{
	{Group: groupServer, Names: []string{"a", "addr", "net"}, Type: TypeString, Option: "host", Arg: "host", Doc: "Bind to host address (default: 0.0.0.0)"},
	{Group: groupServer, Names: []string{"p", "port"}, Type: TypeInteger, Option: "port", Arg: "port", Doc: "Use port for clients, -1 for a random one (default: 4222)"},
	{Group: groupServer, Names: []string{"n", "name", "server_name"}, Type: TypeString, Option: "server_name", Arg: "name", Doc: "Server name (default: the server's public key)"},
	{Group: groupServer, Names: []string{"P", "pid"}, Type: TypeFile, Option: "pid_file", Arg: "file", Doc: "File to store the process id"},
	{Group: groupServer, Names: []string{"m", "http_port"}, Type: TypeInteger, Option: "http_port", Arg: "port", Doc: "Use port for HTTP monitoring"},
	{Group: groupServer, Names: []string{"ms", "https_port"}, Type: TypeInteger, Option: "https_port", Arg: "port", Doc: "Use port for HTTPS monitoring"},
	{Group: groupServer, Names: []string{"c", "config"}, Type: TypeFile, Arg: "file", Doc: "Configuration file", set: setConfig},
	{Group: groupServer, Names: []string{"t"}, Type: TypeBool, Doc: "Test the configuration file and exit", set: setAction(ActionCheck)},
	{Group: groupServer, Names: []string{"sl", "signal"}, Type: TypeString, Arg: "signal[=pid]", Doc: "Send ldm, stop, quit, term, reopen or reload to a server by process id or pid file", set: setSignal},
	{Group: groupServer, Names: []string{"client_advertise"}, Type: TypeString, Option: "client_advertise", Arg: "address", Doc: "Client address to advertise"},
	{Group: groupServer, Names: []string{"ports_file_dir"}, Type: TypeFile, Option: "ports_file_dir", Arg: "dir", Doc: "Create a ports file (EXECUTABLE_PID.ports) in the directory"},

	{Group: groupLogging, Names: []string{"l", "log"}, Type: TypeFile, Option: "log_file", Arg: "file", Doc: "File to redirect log output"},
	{Group: groupLogging, Names: []string{"T", "logtime"}, Type: TypeBool, Option: "logtime", Doc: "Timestamp log entries (default: true)"},
	{Group: groupLogging, Names: []string{"logtime_utc"}, Type: TypeBool, Option: "logtime_utc", Doc: "Timestamps in UTC instead of the local time zone"},
	{Group: groupLogging, Names: []string{"log_format"}, Type: TypeString, Option: "log_format", Arg: "format", Doc: "Log lines as text or json (default: text)"},
	{Group: groupLogging, Names: []string{"s", "syslog"}, Type: TypeBool, Option: "syslog", Doc: "Log to syslog"},
	{Group: groupLogging, Names: []string{"r", "remote_syslog"}, Type: TypeString, Option: "remote_syslog", Arg: "addr", Doc: "Syslog server address (udp://localhost:514)"},
	{Group: groupLogging, Names: []string{"D", "debug"}, Type: TypeBool, Option: "debug", Doc: "Enable debugging output"},
	{Group: groupLogging, Names: []string{"V", "trace"}, Type: TypeBool, Option: "trace", Doc: "Trace the raw protocol"},
	{Group: groupLogging, Names: []string{"VV"}, Type: TypeBool, Doc: "Verbose trace (the system account as well)", set: setAll("trace", "trace_verbose")},
	{Group: groupLogging, Names: []string{"DV"}, Type: TypeBool, Doc: "Debug and trace", set: setAll("debug", "trace")},
	{Group: groupLogging, Names: []string{"DVV"}, Type: TypeBool, Doc: "Debug and verbose trace", set: setAll("debug", "trace", "trace_verbose")},
	{Group: groupLogging, Names: []string{"log_size_limit"}, Type: TypeSize, Option: "log_size_limit", Arg: "bytes", Doc: "Size at which the log file is rotated (default: never)"},
	{Group: groupLogging, Names: []string{"max_traced_msg_len"}, Type: TypeInteger, Option: "max_traced_msg_len", Arg: "len", Doc: "Maximum printable length of traced messages (default: unlimited)"},

	{Group: groupJetStream, Names: []string{"js", "jetstream"}, Type: TypeBool, Option: "jetstream", Doc: "Enable JetStream", Feature: FeatureJetStream},
	{Group: groupJetStream, Names: []string{"sd", "store_dir"}, Type: TypeFile, Option: "store_dir", Arg: "dir", Doc: "Set the storage directory", Feature: FeatureJetStream},

	{Group: groupAuth, Names: []string{"user"}, Type: TypeString, Arg: "user", Doc: "User required for connections", Feature: FeatureAuth, Secret: true},
	{Group: groupAuth, Names: []string{"pass"}, Type: TypeString, Arg: "password", Doc: "Password required for connections", Feature: FeatureAuth, Secret: true},
	{Group: groupAuth, Names: []string{"auth"}, Type: TypeString, Arg: "token", Doc: "Token required for connections", Feature: FeatureAuth, Secret: true},

	{Group: groupTLS, Names: []string{"tls"}, Type: TypeBool, Doc: "Enable TLS, do not verify clients; false disables the tls block of the file", set: setTLS},
	{Group: groupTLS, Names: []string{"tlscert"}, Type: TypeFile, Arg: "file", Doc: "Server certificate file", set: setTLS},
	{Group: groupTLS, Names: []string{"tlskey"}, Type: TypeFile, Arg: "file", Doc: "Private key for the server certificate", set: setTLS},
	{Group: groupTLS, Names: []string{"tlsverify"}, Type: TypeBool, Doc: "Enable TLS, verify client certificates", set: setTLS},
	{Group: groupTLS, Names: []string{"tlscacert"}, Type: TypeFile, Arg: "file", Doc: "Certificate authorities to verify clients against", set: setTLS},

	{Group: groupCluster, Names: []string{"routes"}, Type: TypeString, Arg: "url,...", Doc: "Routes to solicit and connect", Feature: FeatureCluster, Secret: true},
	{Group: groupCluster, Names: []string{"cluster", "cluster_listen"}, Type: TypeString, Arg: "url", Doc: "Address for routes from other servers", Feature: FeatureCluster, Secret: true},
	{Group: groupCluster, Names: []string{"cluster_name"}, Type: TypeString, Arg: "name", Doc: "Cluster name", Feature: FeatureCluster},
	{Group: groupCluster, Names: []string{"no_advertise"}, Type: TypeBool, Doc: "Do not advertise the cluster to clients", Feature: FeatureCluster},
	{Group: groupCluster, Names: []string{"cluster_advertise"}, Type: TypeString, Arg: "address", Doc: "Cluster address to advertise to other servers", Feature: FeatureCluster},
	{Group: groupCluster, Names: []string{"connect_retries"}, Type: TypeInteger, Arg: "number", Doc: "Connect retries for implicit routes", Feature: FeatureCluster},

	{Group: groupProfiling, Names: []string{"profile"}, Type: TypeInteger, Option: "prof_port", Arg: "port", Doc: "Profiling HTTP port"},

	{Group: groupCommon, Names: []string{"h", "help"}, Type: TypeBool, Doc: "Show this message", set: setAction(ActionHelp)},
	{Group: groupCommon, Names: []string{"v", "version"}, Type: TypeBool, Doc: "Show version", set: setAction(ActionVersion)},
	{Group: groupCommon, Names: []string{"help_tls"}, Type: TypeBool, Doc: "Show help on TLS", set: setAction(ActionHelpTLS)},
}
