package server

// LearnWebURLs and ForgetWebURLs are what a connection to another server of the
// cluster does.
func (s *Server) LearnWebURLs(urls ...string)  { s.learnWebURLs(urls...) }
func (s *Server) ForgetWebURLs(urls ...string) { s.forgetWebURLs(urls...) }
