# The page for patients at home: docs/operations/viewer.md.  LAB_NAME and
# LAB_PHONE are for boxes that differ in them.
VIEWER := build/viewer/index.html

viewer:	## make the page for patients at home; CONFIG='guichet.conf ...'
	$(Q)gateway/web/viewer/build --output $(VIEWER) \
	    $${LAB_NAME:+--name="$$LAB_NAME"} \
	    $${LAB_PHONE:+--phone="$$LAB_PHONE"} $(CONFIG)

.PHONY: viewer
