package protocol

import "encoding/json"

// Info is what a server tells a client about itself and about the connection:
// the document of an INFO line. Fields without omitempty are always sent, in
// this order.
type Info struct {
	ID           string `json:"server_id"`
	Name         string `json:"server_name"`
	Version      string `json:"version"`
	Proto        int    `json:"proto"`
	GitCommit    string `json:"git_commit,omitempty"`
	GoVersion    string `json:"go"`
	Host         string `json:"host"`
	Port         int    `json:"port"`
	Headers      bool   `json:"headers"`
	AuthRequired bool   `json:"auth_required,omitempty"`
	TLSRequired  bool   `json:"tls_required,omitempty"`
	TLSVerify    bool   `json:"tls_verify,omitempty"`
	TLSAvailable bool   `json:"tls_available,omitempty"`
	// MaxPayload in bytes is that of this connection, which the client's
	// account may have lowered.
	MaxPayload int64  `json:"max_payload"`
	JetStream  bool   `json:"jetstream,omitempty"`
	IP         string `json:"ip,omitempty"`
	ClientID   uint64 `json:"client_id,omitempty"`
	ClientIP   string `json:"client_ip,omitempty"`
	// Nonce is what nkey and JWT users sign.
	Nonce          string `json:"nonce,omitempty"`
	Cluster        string `json:"cluster,omitempty"`
	ClusterDynamic bool   `json:"cluster_dynamic,omitempty"`
	Domain         string `json:"domain,omitempty"`
	// ConnectURLs are the other ways in, as host:port.
	ConnectURLs []string `json:"connect_urls,omitempty"`
	LameDuck    bool     `json:"ldm,omitempty"`
	// ConnectInfo marks the INFO that answers a CONNECT, the only one with
	// RemoteAccount and IsSystem.
	ConnectInfo   bool   `json:"connect_info,omitempty"`
	RemoteAccount string `json:"remote_account,omitempty"`
	IsSystem      bool   `json:"acc_is_sys,omitempty"`
	APILevel      int    `json:"api_lvl,omitempty"`
	// XKey is the server's public curve key.
	XKey string `json:"xkey,omitempty"`
}

// AppendInfo appends an INFO line. A space stands before its CRLF, as clients
// have seen it from every server so far.
func AppendInfo(dst []byte, info *Info) []byte {
	// Strings, numbers and booleans always marshal.
	doc, _ := json.Marshal(info)
	dst = append(dst, "INFO "...)
	dst = append(dst, doc...)
	return append(dst, " \r\n"...)
}

// ParseInfo reads the argument of an INFO line into info. Every INFO is
// complete in itself: absent fields become zero, unknown ones are ignored.
// After an error, which wraps [ErrInfoJSON], info is unchanged.
func ParseInfo(arg []byte, info *Info) error {
	var next Info
	if err := json.Unmarshal(arg, &next); err != nil {
		return ErrInfoJSON.detail("%v", err)
	}
	*info = next
	return nil
}
