// Gorilla WebSocket: its chat example (a hub, and for each client a goroutine that reads, one that
// writes and a channel of 256 messages between), with rooms and with PreparedMessage, which encodes
// a message once for all clients. Go sets TCP_NODELAY itself.
//
// The example's pings are left out, as none of the peers sends any, and so is its way to join
// waiting messages into one. As in the example, a client whose channel is full is dropped.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

type client struct {
	path string
	conn *websocket.Conn
	send chan *websocket.PreparedMessage
}

type broadcast struct {
	path    string
	message *websocket.PreparedMessage
}

type hub struct {
	rooms      map[string]map[*client]bool
	register   chan *client
	unregister chan *client
	broadcast  chan broadcast
}

func (h *hub) run() {
	for {
		select {
		case c := <-h.register:
			if h.rooms[c.path] == nil {
				h.rooms[c.path] = make(map[*client]bool)
			}
			h.rooms[c.path][c] = true
		case c := <-h.unregister:
			h.drop(c)
		case b := <-h.broadcast:
			for c := range h.rooms[b.path] {
				select {
				case c.send <- b.message:
				default:
					h.drop(c)
				}
			}
		}
	}
}

func (h *hub) drop(c *client) {
	if h.rooms[c.path][c] {
		delete(h.rooms[c.path], c)
		close(c.send)
	}
}

func (h *hub) readFrom(c *client) {
	defer func() {
		h.unregister <- c
		c.conn.Close()
	}()
	c.conn.SetReadLimit(1 << 20)
	for {
		kind, bytes, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		message, err := websocket.NewPreparedMessage(kind, bytes)
		if err != nil {
			return
		}
		h.broadcast <- broadcast{c.path, message}
	}
}

func (c *client) write() {
	defer c.conn.Close()
	for message := range c.send {
		if c.conn.WritePreparedMessage(message) != nil {
			return
		}
	}
	c.conn.WriteMessage(websocket.CloseMessage, []byte{})
}

func main() {
	h := &hub{
		rooms:      make(map[string]map[*client]bool),
		register:   make(chan *client),
		unregister: make(chan *client),
		broadcast:  make(chan broadcast),
	}
	go h.run()
	// The sizes of the example.
	upgrader := websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}
	serve := func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		c := &client{r.URL.Path, conn, make(chan *websocket.PreparedMessage, 256)}
		h.register <- c
		go c.write()
		go h.readFrom(c)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening")
	log.Fatal(http.Serve(listener, http.HandlerFunc(serve)))
}
