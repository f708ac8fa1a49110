// SPDX-License-Identifier: Apache-2.0

// The peer "grpc-go": the smallest ext_authz server that one would write. It parses Envoy's question with the generated
// code, looks the host up in a map, and answers what it was told to answer, with the entry's own name in it. The answers are built once and
// marshalled for each call.
//
// The package authpb is generated from protos/ by tests/authz-bench.
package main

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"net"
	"runtime"

	auth "authpb/envoy/service/auth/v3"
	"github.com/golang/protobuf/proto"
	structpb "github.com/golang/protobuf/ptypes/struct"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	protocodec "google.golang.org/grpc/encoding/proto"
)

// codec is grpc-go's own for messages, and passes the bytes of the two calls that steer the run.
type codec struct{ messages encoding.Codec }

func (c codec) Marshal(v interface{}) ([]byte, error) {
	if bytes, ok := v.(*[]byte); ok {
		return *bytes, nil
	}
	return c.messages.Marshal(v)
}

func (c codec) Unmarshal(data []byte, v interface{}) error {
	if bytes, ok := v.(*[]byte); ok {
		*bytes = data
		return nil
	}
	return c.messages.Unmarshal(data, v)
}

func (codec) String() string { return "proto" }

type server struct {
	hosts   []string
	answers map[string]*auth.CheckResponse
}

func (s *server) Check(_ context.Context, request *auth.CheckRequest) (*auth.CheckResponse, error) {
	if answer, ok := s.answers[request.GetAttributes().GetRequest().GetHttp().GetHost()]; ok {
		return answer, nil
	}
	return &auth.CheckResponse{Status: &status.Status{Code: 7}}, nil
}

// keep makes the answer of every host from one that a deciding peer gave.
func (s *server) keep(template []byte) ([]byte, error) {
	answers := make(map[string]*auth.CheckResponse, len(s.hosts))
	for _, host := range s.hosts {
		answer := &auth.CheckResponse{}
		if err := proto.Unmarshal(template, answer); err != nil {
			return nil, err
		}
		answer.DynamicMetadata.Fields["entry"] = &structpb.Value{Kind: &structpb.Value_StringValue{StringValue: host + ":443"}}
		answers[host] = answer
	}
	s.answers = answers
	return []byte{}, nil
}

func (s *server) stats(_ []byte) ([]byte, error) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	response := make([]byte, 16)
	binary.BigEndian.PutUint64(response, memory.TotalAlloc)
	binary.BigEndian.PutUint64(response[8:], memory.HeapAlloc)
	return response, nil
}

func method(name string, answer func(s *server, request []byte) ([]byte, error)) grpc.MethodDesc {
	return grpc.MethodDesc{
		MethodName: name,
		Handler: func(srv interface{}, _ context.Context, dec func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
			var request []byte
			if err := dec(&request); err != nil {
				return nil, err
			}
			response, err := answer(srv.(*server), request)
			return &response, err
		},
	}
}

func main() {
	entries := flag.Int("entries", 1000, "how many hosts are known")
	port := flag.Int("port", 0, "the port on 127.0.0.1")
	flag.Parse()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	known := &server{}
	for i := 0; i < *entries; i++ {
		known.hosts = append(known.hosts, fmt.Sprintf("h%05d.example.com", i))
	}
	s := grpc.NewServer(grpc.CustomCodec(codec{encoding.GetCodec(protocodec.Name)}))
	auth.RegisterAuthorizationServer(s, known)
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: "load.v1.Load",
		HandlerType: (*interface{})(nil),
		Methods:     []grpc.MethodDesc{method("Answer", (*server).keep), method("Stats", (*server).stats)},
	}, known)
	log.Fatal(s.Serve(listener))
}
