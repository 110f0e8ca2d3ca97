#define _XOPEN_SOURCE 700
#define _XOPEN_SOURCE_EXTENDED 1
#define _DEFAULT_SOURCE 1
#define NCURSES_WIDECHAR 1

#include "include/CNcurses.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

// <term.h> would define `lines`, `columns` and many more words as macros.
extern NCURSES_EXPORT(char *) tigetstr(const char *);

static const char modes_on[] = "\033[?2004h\033[?1004h";
static const char modes_off[] = "\033[?1006l\033[?1002l\033[?1000l\033[?1004l\033[?2004l";
static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1006h";

static SCREEN *screen;
static FILE *output;
static bool wants_mouse;
static bool entered;
static bool has_default_colors;
static bool has_alternate_screen;
static cchar_t *row;
static int row_capacity;
static int row_count;

int cn_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

bool cn_terminal_size(int terminal, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return false;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return true;
}

bool cn_choose_locale(void) {
    const char *chosen = setlocale(LC_CTYPE, "");
    // No locale named, or one that is not installed: today's terminals speak UTF-8 nevertheless.
    if (chosen == NULL || strcmp(chosen, "C") == 0 || strcmp(chosen, "POSIX") == 0) {
        if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) setlocale(LC_CTYPE, "en_US.UTF-8");
    }
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void send_text(const char *text) {
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t written = write(fileno(output), text, left);
        if (written <= 0) return;
        text += written;
        left -= (size_t)written;
    }
}

/// The terminal's string of that name, NULL where it has none.
static const char *capability(const char *name) {
    const char *text = tigetstr(name);
    return text == (const char *)-1 ? NULL : text;
}

static void append_capability(char *farewell, size_t size, const char *name) {
    const char *text = capability(name);
    if (text != NULL) strncat(farewell, text, size - strlen(farewell) - 1);
}

/// newterm() with the description that TERMINFO itself holds, and TERMINFO as it was afterwards.
static SCREEN *new_terminal(const char *term, const char *inline_terminfo) {
    if (inline_terminfo == NULL) return newterm(term, output, stdin);
    const char *present = getenv("TERMINFO");
    char *saved = present ? strdup(present) : NULL;
    setenv("TERMINFO", inline_terminfo, 1);
    SCREEN *result = newterm(term, output, stdin);
    if (saved) setenv("TERMINFO", saved, 1);
    else unsetenv("TERMINFO");
    free(saved);
    return result;
}

bool cn_open(const char *term, const char *inline_terminfo, bool mouse, cn_capabilities *capabilities) {
    struct termios cooked, raw_mode;
    if (tcgetattr(STDIN_FILENO, &cooked) != 0) return false;
    int descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    output = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (output == NULL) return false;
    screen = new_terminal(term, inline_terminfo);
    if (screen == NULL) {
        fclose(output);
        output = NULL;
        return false;
    }
    wants_mouse = mouse;
    entered = true;
    capabilities->can_move_cursor = capability("cup") != NULL;
    has_alternate_screen = capability("rmcup") != NULL;
    raw();
    noecho();
    nonl();
    typeahead(-1);
    leaveok(stdscr, FALSE);
    capabilities->colors = 0;
    has_default_colors = false;
    if (has_colors() && start_color() == OK) {
        capabilities->colors = COLORS;
        has_default_colors = use_default_colors() == OK;
    }
    capabilities->default_colors = has_default_colors;
    def_prog_mode();
    tcgetattr(STDIN_FILENO, &raw_mode);

    char farewell[512] = "";
    strncat(farewell, modes_off, sizeof farewell - 1);
    append_capability(farewell, sizeof farewell, "sgr0");
    append_capability(farewell, sizeof farewell, "rmcup");
    append_capability(farewell, sizeof farewell, "cnorm");
    if (!has_alternate_screen) strncat(farewell, "\r\n", sizeof farewell - strlen(farewell) - 1);
    cn_farewell_prepare(farewell, &cooked, &raw_mode);
    return true;
}

bool cn_is_open(void) { return screen != NULL; }

void cn_enter(void) {
    if (!entered) {
        // The shell may have changed its modes meanwhile: those are what is to be given back.
        def_shell_mode();
        reset_prog_mode();
    }
    entered = true;
    cn_farewell_arm(true);
    cn_repaint();
    doupdate();
    send_text(modes_on);
    if (wants_mouse) send_text(mouse_on);
}

void cn_leave(void) {
    if (!entered) return;
    entered = false;
    send_text(modes_off);
    endwin();
    // Without an alternate screen the cursor stands on the last row of ours.
    if (!has_alternate_screen) send_text("\r\n");
    cn_farewell_arm(false);
}

void cn_repaint(void) {
    reset_prog_mode();
    clearok(curscr, TRUE);
}

void cn_resize(int columns, int rows) {
    resizeterm(rows, columns);
    clearok(curscr, TRUE);
}

void cn_close(void) {
    if (screen == NULL) return;
    cn_leave();
    cn_farewell_forget();
    delscreen(screen);
    fclose(output);
    free(row);
    screen = NULL;
    output = NULL;
    row = NULL;
    row_capacity = row_count = 0;
}

static attr_t curses_attributes(unsigned attributes) {
    attr_t result = A_NORMAL;
    if (attributes & CN_BOLD) result |= A_BOLD;
    if (attributes & CN_DIM) result |= A_DIM;
    if (attributes & CN_ITALIC) result |= A_ITALIC;
    if (attributes & CN_UNDERLINE) result |= A_UNDERLINE;
    if (attributes & CN_REVERSE) result |= A_REVERSE;
    return result;
}

/// alloc_pair() must not be called without colours.
static int color_pair(int foreground, int background) {
    if (COLORS <= 0 || (foreground < 0 && background < 0)) return 0;
    if (!has_default_colors) {
        if (foreground < 0) foreground = COLOR_WHITE;
        if (background < 0) background = COLOR_BLACK;
    }
    int pair = alloc_pair(foreground, background);
    return pair < 0 ? 0 : pair;
}

void cn_row_add(const uint32_t *scalars, int count, unsigned attributes, int foreground, int background) {
    if (row_count == row_capacity) {
        int capacity = row_capacity ? row_capacity * 2 : 256;
        cchar_t *larger = realloc(row, (size_t)capacity * sizeof(cchar_t));
        if (larger == NULL) return;
        row = larger;
        row_capacity = capacity;
    }
    wchar_t text[CCHARW_MAX + 1];
    if (count > CCHARW_MAX) count = CCHARW_MAX;
    for (int i = 0; i < count; i++) text[i] = (wchar_t)scalars[i];
    text[count] = 0;
    int pair = color_pair(foreground, background);
    if (setcchar(&row[row_count], text, curses_attributes(attributes), (short)pair, &pair) == OK) row_count++;
}

void cn_row_end(int y) {
    if (row_count > 0) mvwadd_wchnstr(stdscr, y, 0, row, row_count);
    row_count = 0;
}

void cn_show(int cursor_x, int cursor_y) {
    if (cursor_x >= 0 && cursor_y >= 0) {
        curs_set(1);
        wmove(stdscr, cursor_y, cursor_x);
    } else {
        curs_set(0);
    }
    wnoutrefresh(stdscr);
    doupdate();
}
