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
        b64:HgJGAA8ADwBpAZEBY2FsbGdhdGUtZGlyZWN0fDI0LWJpdCBjb2xvdXIgYnkgRUNNQS00OCBhbmQgaXRzIGN1c3RvbWF\
        yeSBleHRlbnNpb25zAAABAAABAAAAAAAAAAABAQBQAAAA_____xgAAAD_______________________________________\
        ______________AAAAAf9_AAD__wAAAgD_____BAAMABAAFAD__x8A__8wADQAOwD__z0ARAD__0gA_________________\
        _9MAFEA__9aAP_______18A__9kAGkA__9yAHYA________fwD_____________________________________________\
        _______________________________________________________________________________________________\
        ___________________-FAP__jgCXAP____-gAKkA__-yAP_______________________________7sA______________\
        _______________________________________________8YAzAD__________________________________________\
        _______________________________________________________________________________________________\
        _______________________________________________________________________________________________\
        _____________________________________________________________________________0gD_______________\
        _________________________________________________________XAP__________________________________4\
        AD________________________lAP__________________________________________________________________\
        ________________________________6wA-AQcADQAbW0gbWzJKABtbSwAbW0oAG1slaSVwMSVkRwAbWyVpJXAxJWQ7JXA\
        yJWRIABtbSAAbWz8yNWwACAAbWz8yNWgAG1tDABtbQQAbWzFtABtbPzEwNDloABtbMm0AG1s3bQAbWzRtABtbJXAxJWRYAB\
        tbbQAbWz8xMDQ5bAAbWzI0bQAbWyVwMSVkUAAbWyVwMSVkQgAbWyVwMSVkQAAbWyVwMSVkRAAbWyVwMSVkQwAbWyVwMSVkQ\
        QAbWyVpJXAxJWRkABtbPzdoABtbPzdsABtbMUsAG1szOTs0OW0AG1szbQAbWzIzbQAbWyU_JXAxJXs4fSU8JXQzJXAxJWQl\
        ZTM4OzI7JXAxJXs2NTUzNn0lLyVkOyVwMSV7MjU2fSUvJXsyNTV9JSYlZDslcDElezI1NX0lJiVkJTttABtbJT8lcDElezh\
        9JTwldDQlcDElZCVlNDg7MjslcDElezY1NTM2fSUvJWQ7JXAxJXsyNTZ9JS8lezI1NX0lJiVkOyVwMSV7MjU1fSUmJWQlO2\
        0AAAEAAAAAAAEABAABAAAAUkdCAA==
        """
}
