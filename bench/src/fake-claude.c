/* A stand-in for the `claude` CLI that costs next to nothing. Two ways, as the real one has them:
 * once, with the prompt as its last argument; or, with `--input-format`, turn by turn over stdin with the control protocol.
 * Either way it reads the mock model's name (mock-fast, mock-burst-N, mock-paced-N[-MS]) in the prompt, and prints stream-json. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void answer(const char *prompt) {
  const char *m = strstr(prompt, "mock-");
  int n = 50, ms = 0;
  if (m && !strncmp(m, "mock-burst-", 11)) n = atoi(m + 11);
  if (m && !strncmp(m, "mock-paced-", 11)) { char *e; n = strtol(m + 11, &e, 10); ms = *e == '-' ? atoi(e + 1) : 10; }
  if (n < 1 || n > 100000) n = 50;
  char *all = malloc(n * 32 + 1), *p = all;
  puts("{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"fake\",\"model\":\"claude-sonnet-4\"}");
  puts("{\"type\":\"stream_event\",\"event\":{\"type\":\"message_start\",\"message\":{\"id\":\"msg_fake\",\"role\":\"assistant\",\"model\":\"claude-sonnet-4\",\"usage\":{\"input_tokens\":11,\"output_tokens\":1}}},\"session_id\":\"fake\"}");
  puts("{\"type\":\"stream_event\",\"event\":{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}},\"session_id\":\"fake\"}");
  for (int i = 0; i < n; i++) {
    char t[64]; p += sprintf(p, "%s", (sprintf(t, "%06d naïve café ✓ ", i), t));
    printf("{\"type\":\"stream_event\",\"event\":{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}},\"session_id\":\"fake\",\"parent_tool_use_id\":null,\"uuid\":\"fake\"}\n", t);
    if (ms) { fflush(stdout); struct timespec s = {ms / 1000, ms % 1000 * 1000000L}; nanosleep(&s, 0); }
  }
  puts("{\"type\":\"stream_event\",\"event\":{\"type\":\"content_block_stop\",\"index\":0},\"session_id\":\"fake\"}");
  printf("{\"type\":\"assistant\",\"message\":{\"id\":\"msg_fake\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-sonnet-4\",\"content\":[{\"type\":\"text\",\"text\":\"%s\"}],\"usage\":{\"input_tokens\":11,\"output_tokens\":%d}},\"session_id\":\"fake\"}\n", all, n);
  printf("{\"type\":\"stream_event\",\"event\":{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":11,\"output_tokens\":%d}},\"session_id\":\"fake\"}\n", n);
  puts("{\"type\":\"stream_event\",\"event\":{\"type\":\"message_stop\"},\"session_id\":\"fake\"}");
  printf("{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":false,\"duration_ms\":1,\"num_turns\":1,\"result\":\"%s\",\"session_id\":\"fake\",\"total_cost_usd\":0,\"usage\":{\"input_tokens\":11,\"output_tokens\":%d},\"modelUsage\":{\"claude-sonnet-4\":{\"inputTokens\":11,\"outputTokens\":%d}}}\n", all, n, n);
  free(all);
}

static void serve(void) {
  char *line = 0; size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    if (strstr(line, "\"control_request\"")) {
      const char *id = strstr(line, "\"request_id\":\""); int length = 0;
      if (id) { id += 14; length = strcspn(id, "\""); }
      printf("{\"type\":\"control_response\",\"response\":{\"subtype\":\"success\",\"request_id\":\"%.*s\",\"response\":{}}}\n", length, id ? id : "");
    } else if (strstr(line, "\"shouldQuery\":false")) puts("{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":false,\"num_turns\":0}");
    else if (strstr(line, "\"type\":\"user\"")) answer(line);
    fflush(stdout);
  }
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "--version")) { puts("2.1.330 (Claude Code)"); return 0; }
  if (argc > 2 && !strcmp(argv[1], "auth")) { puts("{\"loggedIn\":true,\"authMethod\":\"api_key\"}"); return 0; }
  for (int i = 1; i < argc; i++) if (!strcmp(argv[i], "--input-format")) { serve(); return 0; }
  const char *prompt = "";
  for (int i = argc - 1; i > 0 && !*prompt; i--) if (strstr(argv[i], "mock-")) prompt = argv[i];
  answer(prompt);
  return 0;
}
