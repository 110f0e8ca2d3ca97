/// A terminal description with 24-bit colour, for terminals that say they have it.
///
/// Debian and Ubuntu install no description with 24-bit colour, and ncurses knows no other way to it. ncurses takes a
/// compiled one from the variable TERMINFO; this one is compiled from `Scripts/direct-color.ti`, which says how. Only
/// output is described: keys are decoded by ``KeyDecoder``.
enum DirectColorTerminal {
    /// What newterm looks up.
    static let name = "callgate-direct"

    /// The compiled description as ncurses takes it from TERMINFO.
    static let terminfo = """
        b64:HgJGAA8ADwBpAXMBY2FsbGdhdGUtZGlyZWN0fDI0LWJpdCBjb2xvdXIgYnkgRUNNQS00OCBhbmQgaXRzIGN1c3RvbWF\
        yeSBleHRlbnNpb25zAAABAAABAAAAAAAAAAABAQBQAAAA_____xgAAAD_______________________________________\
        ______________AAAAAf9_AAD__wAAAgD_____BAAMABAAFAD__x8A__8wADQAOwD__z0ARAD__0gA_________________\
        _9MAFEA__9aAP_______18A__9kAGkA__9yAHYA________fwD_____________________________________________\
        _______________________________________________________________________________________________\
        _________________________hQD_______-OAJcA__-gAP_______________________________6kA______________\
        _______________________________________________________________________________________________\
        _______________________________________________________________________________________________\
        _______________________________________________________________________________________________\
        _____________________________________________________________________________tAD_______________\
        ________________________________________________________-\
        5AP__________________________________wgD________________________HAP____________________________\
        ______________________________________________________________________zQAgAQcADQAbW0gbWzJKABtbS\
        wAbW0oAG1slaSVwMSVkRwAbWyVpJXAxJWQ7JXAyJWRIABtbSAAbWz8yNWwACAAbWz8yNWgAG1tDABtbQQAbWzFtABtbPzEw\
        NDloABtbMm0AG1s3bQAbWzRtABtbJXAxJWRYABtbbQAbWz8xMDQ5bAAbWzI0bQAbWyVwMSVkQgAbWyVwMSVkRAAbWyVwMSV\
        kQwAbWyVwMSVkQQAbWyVpJXAxJWRkABtbMUsAG1szOTs0OW0AG1szbQAbWzIzbQAbWyU_JXAxJXs4fSU8JXQzJXAxJWQlZT\
        M4OzI7JXAxJXs2NTUzNn0lLyVkOyVwMSV7MjU2fSUvJXsyNTV9JSYlZDslcDElezI1NX0lJiVkJTttABtbJT8lcDElezh9J\
        TwldDQlcDElZCVlNDg7MjslcDElezY1NTM2fSUvJWQ7JXAxJXsyNTZ9JS8lezI1NX0lJiVkOyVwMSV7MjU1fSUmJWQlO20A
        """
}
