# What mail servers, mailboxes and SMS templates say.
FUZZ += dsn_fuzz mail_message_fuzz pop3_fuzz sms_template_fuzz smtp_fuzz

dsn_fuzz_SRCS          = wire/dsn.c
mail_message_fuzz_SRCS = courier/texts.c wire/gsm7.c wire/mail_message.c wire/smtp.c base/base64.c
pop3_fuzz_SRCS         = wire/pop3.c
sms_template_fuzz_SRCS = wire/sms_template.c
smtp_fuzz_SRCS         = wire/smtp.c base/base64.c
