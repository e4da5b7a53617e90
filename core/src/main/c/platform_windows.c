/* Windows on x86-64: compiled, never run. */
#if defined(_WIN32)
#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

int is_absolute(const char *path) {
  return path[0] && path[1] == ':' && (path[2] == '/' || path[2] == '\\');
}

static void use_slashes(char *path) {
  for (; *path; path++) {
    if (*path == '\\') *path = '/';
  }
}

int platform_own_path(char *out, size_t capacity) {
  HMODULE self = NULL;
  DWORD flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
  if (!GetModuleHandleExA(flags, (LPCSTR)(intptr_t)platform_own_path, &self)) return 0;
  DWORD length = GetModuleFileNameA(self, out, (DWORD)capacity);
  if (length == 0 || length >= capacity) return 0;
  use_slashes(out);
  return 1;
}

int platform_real_path(const char *path, char *out) {
  if (GetFileAttributesA(path) == INVALID_FILE_ATTRIBUTES) return 0;
  DWORD length = GetFullPathNameA(path, MAX_PATH, out, NULL);
  if (length == 0 || length >= MAX_PATH) return 0;
  use_slashes(out);
  return 1;
}

/* The DLL's own folder is searched for what it needs, the working directory never. */
void *platform_load(const char *path) {
  char name[MAX_PATH];
  snprintf(name, sizeof name, "%s", path);
  for (char *c = name; *c; c++) {
    if (*c == '/') *c = '\\';
  }
  return LoadLibraryExA(name, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
}

const char *platform_load_error(void) {
  static _Thread_local char text[64];
  snprintf(text, sizeof text, "Windows error %lu", (unsigned long)GetLastError());
  return text;
}

void *platform_symbol(void *library, const char *name) {
  return (void *)(intptr_t)GetProcAddress((HMODULE)library, name);
}

void *platform_jvm_symbol(const char *name) {
  HMODULE library = GetModuleHandleA("jvm.dll");
  return library ? platform_symbol(library, name) : NULL;
}

int platform_stack(uintptr_t *lowest, uintptr_t *highest) {
  ULONG_PTR low = 0, high = 0;
  GetCurrentThreadStackLimits(&low, &high);
  *lowest = low;
  *highest = high;
  return 1;
}

unsigned long long platform_main_stack(void) { return 1u << 20; }
long long platform_address_space_left(void) { return -1; }
long long platform_descriptors_left(void) { return -1; }
void platform_block_signals(void) {}
void platform_on_fork(void (*in_child)(void)) { (void)in_child; }
#endif
