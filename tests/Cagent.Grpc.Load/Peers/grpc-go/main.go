// SPDX-License-Identifier: Apache-2.0

// The peer "grpc-go": the service of LoadPaths.cs. Messages are plain bytes, which the codec does not
// copy: a push is one slice, sent by one goroutine per stream. That is as good as grpc-go's PreparedMsg, which needs a
// client's context in this version.
//
// With -marshal a push is a protobuf message, marshalled for each stream as SendMsg does it in every server that does not
// bring a codec of its own, go-control-plane among them.
package main

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"net"
	"runtime"
	"sync"

	"github.com/golang/protobuf/proto"
	"github.com/golang/protobuf/ptypes/wrappers"
	"google.golang.org/grpc"
)

type rawCodec struct{}

func (rawCodec) Marshal(v interface{}) ([]byte, error) {
	if message, ok := v.(proto.Message); ok {
		return proto.Marshal(message)
	}
	return *v.(*[]byte), nil
}

func (rawCodec) Unmarshal(data []byte, v interface{}) error {
	*v.(*[]byte) = data
	return nil
}

func (rawCodec) String() string { return "raw" }

func (rawCodec) Name() string { return "raw" }

type server struct {
	lock        sync.Mutex
	subscribers map[chan interface{}]bool
	marshal     bool
}

func receive(stream grpc.ServerStream) ([]byte, error) {
	var message []byte
	err := stream.RecvMsg(&message)
	return message, err
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

func echo(_ *server, request []byte) ([]byte, error) { return request, nil }

func stats(_ *server, _ []byte) ([]byte, error) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	response := make([]byte, 16)
	binary.BigEndian.PutUint64(response, memory.TotalAlloc)
	binary.BigEndian.PutUint64(response[8:], memory.HeapAlloc)
	return response, nil
}

// pushed is a message of the wanted size on the wire.
func pushed(s *server, size int) interface{} {
	if !s.marshal {
		message := make([]byte, size)
		return &message
	}
	message := &wrappers.BytesValue{Value: make([]byte, size)}
	message.Value = message.Value[proto.Size(message)-size:]
	return message
}

func order(s *server, request []byte) ([]byte, error) {
	message := pushed(s, int(binary.BigEndian.Uint32(request)))
	s.lock.Lock()
	defer s.lock.Unlock()
	for channel := range s.subscribers {
		channel <- message
	}
	return []byte{}, nil
}

func serverStream(_ interface{}, stream grpc.ServerStream) error {
	request, err := receive(stream)
	if err != nil {
		return err
	}
	message := make([]byte, binary.BigEndian.Uint32(request[4:]))
	for left := binary.BigEndian.Uint32(request); left > 0; left-- {
		if err := stream.SendMsg(&message); err != nil {
			return err
		}
	}
	return nil
}

func bidi(_ interface{}, stream grpc.ServerStream) error {
	for {
		message, err := receive(stream)
		if err != nil {
			return nil
		}
		if err := stream.SendMsg(&message); err != nil {
			return err
		}
	}
}

func subscribe(srv interface{}, stream grpc.ServerStream) error {
	if _, err := receive(stream); err != nil {
		return err
	}
	empty := []byte{}
	if err := stream.SendMsg(&empty); err != nil {
		return err
	}
	s, channel := srv.(*server), make(chan interface{}, 16)
	s.lock.Lock()
	s.subscribers[channel] = true
	s.lock.Unlock()
	defer func() {
		s.lock.Lock()
		delete(s.subscribers, channel)
		s.lock.Unlock()
	}()
	for {
		select {
		case message := <-channel:
			if err := stream.SendMsg(message); err != nil {
				return err
			}
		case <-stream.Context().Done():
			return nil
		}
	}
}

func main() {
	marshal := flag.Bool("marshal", false, "marshal a push for each stream")
	port := flag.Int("port", 0, "the port on 127.0.0.1")
	flag.Parse()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	s := grpc.NewServer(grpc.CustomCodec(rawCodec{}))
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: "load.v1.Load",
		HandlerType: (*interface{})(nil),
		Methods:     []grpc.MethodDesc{method("Unary", echo), method("Push", order), method("Stats", stats)},
		Streams: []grpc.StreamDesc{
			{StreamName: "ServerStream", Handler: serverStream, ServerStreams: true},
			{StreamName: "Bidi", Handler: bidi, ServerStreams: true, ClientStreams: true},
			{StreamName: "Subscribe", Handler: subscribe, ServerStreams: true},
		},
	}, &server{subscribers: map[chan interface{}]bool{}, marshal: *marshal})
	log.Fatal(s.Serve(listener))
}
