#!/usr/bin/perl
# SPDX-License-Identifier: BSD-3-Clause
# syslog.pl SOCKET FILE: writes each message that syslog(3) sends to SOCKET as a line of FILE.
use strict;
use warnings;
use IO::Socket::UNIX;
use Socket qw(SOCK_DGRAM);

my ($path, $file) = @ARGV;
open(my $log, '>>', $file) or die "$file: $!";
$log->autoflush(1);
my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path) or die "$path: $!";
chmod 0666, $path;
while (defined $socket->recv(my $message, 65536)) {
	$message =~ s/\0+\z//;
	$message =~ s/\n/\\n/g;
	print $log "$message\n";
}
