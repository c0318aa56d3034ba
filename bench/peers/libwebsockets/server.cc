// libwebsockets: each client has a queue of shared messages, and writes when the library says that
// it can (LWS_CALLBACK_SERVER_WRITEABLE), as the library demands.
//
// The library's example for many clients, minimal-ws-server-ring, has one ring of messages for all;
// but it looks through all clients after every write for the one that is furthest behind, which is
// quadratic and slow in large rooms. From it is the copy with room for the header before the
// payload, and that a client which is too far behind is dropped. The library sets TCP_NODELAY
// itself.
//
// server PORT

#include <libwebsockets.h>

#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace {

constexpr std::size_t kMaxMessageBytes = 1 << 20;
// As many as Gorilla's example lets wait.
constexpr std::size_t kMaxWaiting = 256;

struct Message {
  // LWS_PRE bytes, into which the library writes the header, and the payload.
  std::string bytes = std::string(LWS_PRE, '\0');
  bool binary = false;
};

struct Client;
using Room = std::unordered_set<Client*>;

struct Client {
  lws* wsi = nullptr;
  Room* room = nullptr;
  // What has come of a message so far.
  std::shared_ptr<Message> incoming = std::make_shared<Message>();
  std::deque<std::shared_ptr<Message>> waiting;
};

std::unordered_map<std::string, Room> rooms;

// All return whether the connection goes on.

bool Open(Client& client, lws* wsi) {
  char path[512];
  if (lws_hdr_copy(wsi, path, sizeof(path), WSI_TOKEN_GET_URI) < 0) {
    return false;
  }
  client.wsi = wsi;
  client.room = &rooms[path];
  client.room->insert(&client);
  return true;
}

bool Receive(Client& client, const char* bytes, std::size_t size) {
  Message& message = *client.incoming;
  message.bytes.append(bytes, size);
  if (message.bytes.size() > LWS_PRE + kMaxMessageBytes) {
    return false;
  }
  if (!lws_is_final_fragment(client.wsi) || lws_remaining_packet_payload(client.wsi) > 0) {
    return true;
  }
  message.binary = lws_frame_is_binary(client.wsi) != 0;
  for (Client* other : *client.room) {
    if (other->waiting.size() == kMaxWaiting) {
      // Not at once: it may be the client that this came from.
      lws_set_timeout(other->wsi, PENDING_TIMEOUT_LAGGING, LWS_TO_KILL_ASYNC);
      continue;
    }
    other->waiting.push_back(client.incoming);
    lws_callback_on_writable(other->wsi);
  }
  client.incoming = std::make_shared<Message>();
  return true;
}

bool Write(Client& client) {
  while (!client.waiting.empty()) {
    Message& message = *client.waiting.front();
    auto* payload = reinterpret_cast<unsigned char*>(message.bytes.data()) + LWS_PRE;
    const std::size_t size = message.bytes.size() - LWS_PRE;
    const auto kind = message.binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
    if (lws_write(client.wsi, payload, size, kind) < static_cast<int>(size)) {
      return false;
    }
    client.waiting.pop_front();
    if (!client.waiting.empty() && lws_send_pipe_choked(client.wsi) != 0) {
      lws_callback_on_writable(client.wsi);
      break;
    }
  }
  return true;
}

int OnEvent(lws* wsi, lws_callback_reasons reason, void* user, void* in, std::size_t size) {
  // The library's memory, where the client lives from ESTABLISHED to CLOSED.
  auto* client = static_cast<Client*>(user);
  bool goes_on = true;
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
      goes_on = Open(*new (client) Client, wsi);
      break;
    case LWS_CALLBACK_RECEIVE:
      goes_on = Receive(*client, static_cast<const char*>(in), size);
      break;
    case LWS_CALLBACK_SERVER_WRITEABLE:
      goes_on = Write(*client);
      break;
    case LWS_CALLBACK_CLOSED:
      if (client->room != nullptr) {
        client->room->erase(client);
      }
      client->~Client();
      break;
    default:
      break;
  }
  return goes_on ? 0 : -1;
}

}  // namespace

int main(int /*argc*/, char** argv) {
  lws_set_log_level(LLL_ERR, nullptr);
  const lws_protocols protocols[] = {
      // 64 KiB are read at once.
      {"", OnEvent, sizeof(Client), 65536, 0, nullptr, 0},
      {nullptr, nullptr, 0, 0, 0, nullptr, 0},
  };
  lws_context_creation_info info{};
  info.iface = "127.0.0.1";
  info.port = std::atoi(argv[1]);
  info.protocols = protocols;
  lws_context* context = lws_create_context(&info);
  if (context == nullptr) {
    return EXIT_FAILURE;
  }
  std::cout << "listening" << std::endl;
  while (lws_service(context, 0) >= 0) {
  }
}
