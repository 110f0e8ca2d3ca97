// What Swift cannot see of curses (macros, varargs, cchar_t, mutable globals) or may not do itself (signal handlers).
//
// All functions except those for the bell belong to the main thread. There is one screen, hence the state in C.
#ifndef CNCURSES_H
#define CNCURSES_H

#include <stdbool.h>
#include <stdint.h>

// The bell (wake.c): a descriptor that becomes readable when it is rung, from any thread or a signal handler.

typedef struct {
    int reader;
    int writer;
} cn_wake;

int cn_wake_open(cn_wake *wake);
void cn_wake_close(cn_wake wake);
void cn_wake_ring(int writer);
bool cn_wake_silence(int reader);

#define CN_READY_INPUT 1
#define CN_READY_WAKE 2
#define CN_HUNG_UP 4

/// Waits for input on the terminal (-1 for none) and for the bell; milliseconds below zero wait for ever.
int cn_wait(int terminal, int wake, int milliseconds);

// Measures (screen.c).

/// Columns of a scalar as this libc, and so ncurses, has it; -1 where it is not printable.
int cn_width(uint32_t scalar);
/// The terminal's size by the kernel; false where it does not know.
bool cn_terminal_size(int terminal, int *columns, int *rows);
/// Chooses the locale of the environment, or C.UTF-8 where none is named; says whether it writes UTF-8.
bool cn_choose_locale(void);

// The screen (screen.c).

typedef struct {
    int colors;
    bool can_move_cursor;
    bool default_colors;
} cn_capabilities;

/// Opens the screen on standard input and output; false where the terminal's description is unknown.
///
/// `inline_terminfo` is a description as ncurses takes it from TERMINFO, or NULL to look `term` up.
bool cn_open(const char *term, const char *inline_terminfo, bool mouse, cn_capabilities *capabilities);
/// Takes the terminal: alternate screen, raw mode, paste, focus and mouse reports.
void cn_enter(void);
/// Gives the terminal back as it was; cn_enter() takes it again.
void cn_leave(void);
/// Forgets what is on the terminal, so that all of it is painted anew.
void cn_repaint(void);
void cn_resize(int columns, int rows);
/// Ends the screen; nothing else may be called afterwards but cn_open().
void cn_close(void);
bool cn_is_open(void);

#define CN_BOLD 1
#define CN_DIM 2
#define CN_ITALIC 4
#define CN_UNDERLINE 8
#define CN_REVERSE 16

/// Adds a cell to the row under construction; colours below zero are the terminal's own.
void cn_row_add(const uint32_t *scalars, int count, unsigned attributes, int foreground, int background);
/// Hands the row under construction to ncurses.
void cn_row_end(int y);
/// Writes what differs to the terminal; a cursor below zero is hidden.
void cn_show(int cursor_x, int cursor_y);

// Standard output and error while the screen is ours (hold.c).

void cn_hold_output(void);
/// Gives the descriptors back and leaves what was written in two memory files, -1 for none.
void cn_release_output(int *held_output, int *held_error);
/// The descriptor that standard output (1) or error (2) had before it was held.
int cn_real_descriptor(int descriptor);

// Signals (signals.c).

/// Handlers for the signals that ask for something: they set a flag and ring the bell.
void cn_signals_install(int wake_writer);
void cn_signals_remove(void);
/// The number of a signal that came and has not been taken, or 0.
int cn_signals_take(void);
/// Stops the process group as Control-Z in a shell does, and comes back when it is continued.
void cn_signals_stop(void);

/// Runs a program in the foreground on the terminal that was given back; its wait status, or -1 and errno.
int cn_run(char *const *arguments);

// Every way out (farewell.c).

/// Remembers what gives the terminal back, for fatal signals, exit() and a guard for all else.
void cn_farewell_prepare(const char *text, const void *cooked, const void *raw);
/// Says whether the terminal is ours now.
void cn_farewell_arm(bool armed);
void cn_farewell_forget(void);

#endif
