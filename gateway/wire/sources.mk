wire_SRCS = \
    cda.c \
    cda_tree.c \
    charset.c \
    charset_tables.c \
    ed.c \
    hl7.c \
    hl7_ack.c \
    hl7_batch.c \
    hl7_escape.c \
    hl7_number.c \
    hl7_time.c \
    hprim.c \
    hprim_medecin.c \
    http.c \
    http_answer.c \
    http_body.c \
    http_response.c \
    ins.c \
    json_tree.c \
    mllp.c \
    multipart.c \
    pdf.c \
    scan.c \
    utf16.c
